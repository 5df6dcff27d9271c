// Answers a city's questions with Cedar in its fastest form: the policies are parsed once, the calls are there as objects, each with the entities
// that its question needs and no others. Reads one command a line: "answers" or "rate N".
const { preparsePolicySet, statefulIsAuthorized } = require('@cedar-policy/cedar-wasm/nodejs');
const { policies, calls } = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'));

const parsed = preparsePolicySet('city', { staticPolicies: policies });
if (parsed.type !== 'success') {
  throw new Error(JSON.stringify(parsed));
}

function ask(call) {
  const answer = statefulIsAuthorized(call);
  if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0) {
    throw new Error(JSON.stringify([call, answer]));
  }
  return answer.response.decision === 'allow';
}

require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, times] = line.split(' ');
  if (command === 'answers') {
    console.log(calls.map((call) => (ask(call) ? '1' : '0')).join(''));
    return;
  }
  const started = process.hrtime.bigint();
  for (let time = 0; time < Number(times); time++) {
    for (const call of calls) {
      ask(call);
    }
  }
  console.log((Number(times) * calls.length) / (Number(process.hrtime.bigint() - started) / 1e9));
});

# shellcheck shell=bash
# Runs the tests of one kind or of all, counts them, and says so in one plain line.

passed=0 failed=0 skipped=0
results=$root/artifacts/tests

test_usage="Usage: ./daarion test [KIND …]; KIND is one of unit, architecture, ui, integration, e2e, checks, nightly. Without any, all but nightly run."

run_tests() {
  local kinds=("$@")
  case ${1-} in
    -h | --help)
      echo "$test_usage"
      return 0
      ;;
  esac
  [ ${#kinds[@]} -gt 0 ] || kinds=(checks unit architecture ui integration e2e)
  need_sdk
  mkdir -p "$results"
  rm -f "$results"/*.trx
  local kind
  for kind in "${kinds[@]}"; do
    case $kind in
      checks | unit | architecture | ui | integration | e2e | nightly) ;;
      *)
        say "There is no kind of test called '$kind'. $test_usage"
        exit 64
        ;;
    esac
  done
  say "Building everything"
  dotnet build "$root/Daarion.sln" -c Release -v quiet --nologo -clp:ErrorsOnly >&2
  for kind in "${kinds[@]}"; do
    "test_$kind"
  done
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

test_unit() { run_project unit tests/Daarion.Tests.Unit; }

test_architecture() { run_project architecture tests/Daarion.Tests.Architecture; }

test_ui() { run_project ui tests/Daarion.Tests.Ui; }

# Programs of others that the city is held against; where the folder stands, nothing is fetched again.
need_interop() {
  local folder=$root/tests/Interop
  need_tools npx
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] || npm ci --prefix "$folder" --silent --no-audit --no-fund >&2
}

test_integration() {
  need_servers
  need_interop
  run_project integration tests/Daarion.Tests.Integration
  # One NATS serves one city: tests that bring a second city beside the shared one have servers of their own.
  # shellcheck source=build/outside.sh
  . "$root/build/outside.sh"
  with_outside_servers run_project integration-outside tests/Daarion.Tests.Integration --filter '(FullyQualifiedName~CityTests|FullyQualifiedName~Embassies|FullyQualifiedName~Oracles|FullyQualifiedName~Rwa|FullyQualifiedName~Wallets)&Servers!=own'
}

test_e2e() {
  need_servers
  need_interop
  need_tools chromium
  run_project e2e e2e
}

# The long searches: of a disagreement with the slow PDP, of a way to a right that is not one's own, of a ledger that differs from one on paper, of a claim
# that reaches the chain twice or never, and of a request that does harm.
test_nightly() {
  need_servers
  DAARION_DIFFERENTIAL_CASES=1000000 run_project nightly-differential tests/Daarion.Tests.Unit --filter FullyQualifiedName~DifferentialTests
  DAARION_ESCALATION_STEPS=12000 run_project nightly-escalation tests/Daarion.Tests.Integration --filter FullyQualifiedName~EscalationTests
  need_interop
  DAARION_LEDGER_STORIES=5000 DAARION_LEDGER_KILLS=50 run_project nightly-ledger tests/Daarion.Tests.Integration --filter FullyQualifiedName~LedgerModelTests
  DAARION_CHAIN_KILLS=50 run_project nightly-chain tests/Daarion.Tests.Integration --filter FullyQualifiedName~ChainKillTests
  DAARION_MUTATED_DELIVERIES=1000000 run_project nightly-deliveries tests/Daarion.Tests.Integration --filter FullyQualifiedName~MutatedDeliveriesTests
  DAARION_HOSTILE_TIMES=5 run_project nightly-hostile tests/Daarion.Tests.Integration --filter FullyQualifiedName~Hostile
}

test_checks() {
  # shellcheck source=build/checks.sh
  . "$root/build/checks.sh"
  run_checks
}

# run_project NAME PROJECT [arguments of dotnet test]
run_project() {
  local name=$1 project=$2
  shift 2
  say "Testing: $name"
  local result=0
  dotnet test "$root/$project" -c Release --no-build --nologo --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' --blame-hang-timeout 6m --blame-hang-dump-type none \
    --results-directory "$results" "$@" >&2 || result=$?
  count_results "$results/$name.trx" "$result"
}

# A run that ended badly without a failed test (it crashed, or there is no report) is one failure.
count_results() {
  local counters
  counters=$(grep -o '<Counters [^>]*>' "$1" 2>/dev/null || true)
  local p f t
  p=$(counter passed "$counters")
  t=$(counter total "$counters")
  f=$(($(counter failed "$counters") + $(counter error "$counters") + $(counter timeout "$counters") + $(counter aborted "$counters")))
  [ "$2" -eq 0 ] || [ "$f" -gt 0 ] || f=1
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + (t > p + f ? t - p - f : 0)))
}

counter() {
  local value
  value=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2")
  echo "${value:-0}"
}

# shellcheck shell=bash
# What no test runner runs: layout of the sources, the shell scripts, the OpenAPI documents. Each counts as one test.

spectral=@stoplight/spectral-cli@6.16.3

run_checks() {
  need_servers
  need_tools shellcheck npx curl
  check 'sources are formatted' dotnet format whitespace "$root" --folder --verify-no-changes --exclude artifacts
  check 'shell scripts are clean' shellcheck -x -P "$root" "$root/daarion" "$root/.ci/run"
  check 'OpenAPI documents are clean' lint_openapi
}

# check SENTENCE COMMAND…
check() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    say "  passed: $sentence"
  else
    failed=$((failed + 1))
    say "  FAILED: $sentence"
    say "$output"
  fi
}

# The documents as the running city gives them.
lint_openapi() {
  local data public internal city result=0
  data=$(mktemp -d)
  public=$(free_port)
  internal=$(free_port)
  DAARION_DATA=$data DAARION_LISTEN=127.0.0.1:$public DAARION_INTERNAL_LISTEN=127.0.0.1:$internal \
    "$root/Daarion.Server/bin/Release/net10.0/daarion" up >"$data.log" 2>&1 &
  city=$!
  if curl -sf --retry 120 --retry-delay 1 --retry-all-errors "http://127.0.0.1:$public/health/ready" >/dev/null \
    && curl -sf "http://127.0.0.1:$public/openapi/public.json" >"$results/public.json" \
    && curl -sf "http://127.0.0.1:$internal/openapi/internal.json" >"$results/internal.json"; then
    npx --yes "$spectral" lint --fail-severity warn --ruleset "$root/docs/openapi/.spectral.yaml" "$results/public.json" "$results/internal.json" || result=1
  else
    echo "the city did not get ready, or has no OpenAPI documents:"
    cat "$data.log"
    result=1
  fi
  kill "$city" 2>/dev/null && wait "$city"
  rm -rf "$data" "$data.log"
  return "$result"
}

free_port() {
  local port
  while port=$((RANDOM % 20000 + 20000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

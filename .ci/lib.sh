# What .ci/run, .ci/quick and .ci/slow share: a folder to work in, stages, downloads that end, and the count of all tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage() {
  local seconds=$(($(date +%s) - CI_START))
  printf '\n=== %s  [%d:%02d]\n' "$*" $((seconds / 60)) $((seconds % 60))
}

# report_of NAME: where a run of Vitest leaves its numbers, for TEST_REPORT.
report_of() { printf '%s/reports/%s.json' "$CI_SCRATCH" "$1"; }

# npm_download SECONDS ARGUMENT...: npm, where it needs the network. What it waited for is shown where it fails.
npm_download() {
  local seconds=$1 status=0 log=$CI_SCRATCH/npm.log
  shift
  printf 'npm %s  (at most %d s)\n' "$*" "$seconds"
  timeout --kill-after=10 "$seconds" npm "$@" --loglevel=silly >"$log" 2>&1 </dev/null || status=$?
  [ "$status" != 0 ] || { grep -vE "^npm (http|info|verbose|silly|timing)" "$log" || true; return 0; }
  tail -n 20 "$log"
  [ "$status" != 124 ] || printf 'It was stopped after %d s. ' "$seconds"
  printf '"npm %s" failed. Registry: %s; proxy: %s; settings: %s, %s.\n' "$*" "$(npm_setting registry)" \
    "$(npm_setting https-proxy)" "$(npm_setting userconfig)" "$(npm_setting globalconfig)"
  return 1
}

npm_setting() { npm config get "$1" | sed 's,//[^/@]*@,//...@,'; } # without a password

# in_background COMMAND...: in a process group of its own, which ends with this script. Its number is in $!.
background=()
in_background() {
  set -m
  "$@" &
  set +m
  background+=("$!")
}

on_exit() {
  local status=$?
  trap - EXIT
  for job in "${background[@]}"; do
    kill -- "-$job" 2>/dev/null || true
    for _ in {1..100}; do kill -0 -- "-$job" 2>/dev/null && sleep 0.1 || break; done
    kill -KILL -- "-$job" 2>/dev/null || true
  done
  [ -z "${is_outermost:-}" ] || finish "$status"
  exit "$status"
}

finish() {
  [ ! -f dist/bin.js ] || node dist/bin.js down --all --purge >"$CI_SCRATCH/down.log" 2>&1 || cat "$CI_SCRATCH/down.log"
  stage "done"
  local count
  count=$(node .ci/count.mjs "$CI_SCRATCH/reports" "$1")
  rm -rf "$CI_SCRATCH" "$LESSON_STATE_DIR"
  echo "$count"
}

trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${CI_SCRATCH:-}" ]; then
  is_outermost=yes
  CI_START=$(date +%s)
  CI_SCRATCH=$(mktemp -d)
  mkdir "$CI_SCRATCH/reports"
  LESSON_STATE_DIR=/var/lib/lesson-ci-$$
  [ "$(id -u)" = 0 ] || LESSON_STATE_DIR=$CI_SCRATCH/state
  export CI_START CI_SCRATCH LESSON_STATE_DIR

  # With --prefix npm looks for its global settings elsewhere: a proxy that is set there would be forgotten.
  npm_config_globalconfig=$(npm config get globalconfig)
  # A registry that does not answer is given up after two minutes, not fifteen.
  export npm_config_globalconfig npm_config_fetch_timeout=60000 npm_config_fetch_retries=1
fi

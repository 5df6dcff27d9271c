# shellcheck shell=bash
# Builds a project in Release, only when a source is newer than what was built last.

# build_release PROJECT BINARY
build_release() {
  local project=$1 binary=$root/$2 stamp=$root/artifacts/built-${1//\//-}
  if [ -x "$binary" ] && [ -e "$stamp" ] && [ -z "$(changed_since "$stamp" "$project")" ]; then
    return
  fi
  say "Building $project"
  mkdir -p "$root/artifacts"
  touch "$stamp.begun"
  dotnet build "$root/$project" -c Release -v quiet --nologo -clp:ErrorsOnly >&2
  mv "$stamp.begun" "$stamp"
}

# Folders count too: a file that was removed shows there.
changed_since() {
  (
    cd "$root" || exit
    find Daarion.Core Daarion.Server Daarion.UI "$2" Directory.Build.props Directory.Packages.props global.json \
      \( -name bin -o -name obj \) -prune -o -newer "$1" -print -quit
  )
}

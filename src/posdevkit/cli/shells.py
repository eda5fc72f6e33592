"""Completion scripts: each shell's own language around the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from .words import Place, Value

__all__ = ["script"]

_UNQUOTED: Final = re.compile(r"[A-Za-z0-9_.,:/=-]+")


def script(shell: str, places: Sequence[Place]) -> str:
    """The script for one of bash, zsh, fish and powershell."""
    return _SHELLS[shell](places)


def _words(words: Iterable[str]) -> str:
    """Words on a line; one that a shell would read otherwise (no name of ours) is left out."""
    return " ".join(word for word in words if _UNQUOTED.fullmatch(word))


def _known_paths(places: Sequence[Place]) -> list[str]:
    return [place.path for place in places[1:]]


def _valued(places: Sequence[Place]) -> list[tuple[Place, Value]]:
    return [(place, value) for place in places for value in place.values]


def _patterns(place: Place, value: Value) -> str:
    return "|".join(f'"{place.path} {flag}"' for flag in value.flags)


def _bash(places: Sequence[Place]) -> str:
    paths = "|".join(f'"{path}"' for path in _known_paths(places))
    lines = [
        "# bash completion for posdevkit",
        "_posdevkit() {",
        '    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" place=posdevkit i',
        "    COMPREPLY=()",
        "    for ((i = 1; i < COMP_CWORD; i++)); do",
        '        case "$place ${COMP_WORDS[i]}" in',
        f'            {paths}) place="$place ${{COMP_WORDS[i]}}" ;;',
        "        esac",
        "    done",
        '    case "$place $prev" in',
    ]
    for place, value in _valued(places):
        how = "-f" if value.files else f'-W "{_words(value.choices)}"'
        lines.append(f'        {_patterns(place, value)}) COMPREPLY=($(compgen {how} -- "$cur")); return ;;')
    lines += ["    esac", '    case "$place" in']
    lines += [f'        "{p.path}") COMPREPLY=($(compgen -W "{_words(p.words)}" -- "$cur")) ;;' for p in places]
    lines += ["    esac", "}", "complete -o default -F _posdevkit posdevkit"]
    return "\n".join(lines) + "\n"


def _zsh(places: Sequence[Place]) -> str:
    paths = "|".join(f'"{path}"' for path in _known_paths(places))
    lines = [
        "#compdef posdevkit",
        "_posdevkit() {",
        "    local place=posdevkit word",
        '    for word in "${(@)words[2,CURRENT-1]}"; do',
        '        case "$place $word" in',
        f'            {paths}) place="$place $word" ;;',
        "        esac",
        "    done",
        '    case "$place ${words[CURRENT-1]}" in',
    ]
    for place, value in _valued(places):
        how = "_files" if value.files else f"compadd -- {_words(value.choices)}"
        lines.append(f"        {_patterns(place, value)}) {how}; return ;;")
    lines += ["    esac", '    case "$place" in']
    lines += [f'        "{place.path}") compadd -- {_words(place.words)} ;;' for place in places]
    lines += [
        "    esac",
        "    _files",
        "}",
        'if [ "$funcstack[1]" = "_posdevkit" ]; then _posdevkit "$@"; else compdef _posdevkit posdevkit; fi',
    ]
    return "\n".join(lines) + "\n"


def _fish(places: Sequence[Place]) -> str:
    lines = [
        "# fish completion for posdevkit",
        "function __posdevkit_at",
        "    set -l place posdevkit",
        "    for word in (commandline -opc)[2..-1]",
        '        switch "$place $word"',
        "            case " + " ".join(f"'{path}'" for path in _known_paths(places)),
        '                set place "$place $word"',
        "        end",
        "    end",
        '    test "$place" = "$argv[1]"',
        "end",
    ]
    for place in places:
        at = f"complete -c posdevkit -n \"__posdevkit_at '{place.path}'\""
        valued = {flag: value for value in place.values for flag in value.flags}
        plain = [word for word in place.words if not word.startswith("-")]
        if plain:
            lines.append(f"{at} -a '{_words(plain)}'")
        for flag in (word for word in place.words if word.startswith("-")):
            option = f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
            value = valued.get(flag)
            takes = "" if value is None else " -r" if value.files else f" -x -a '{_words(value.choices)}'"
            lines.append(f"{at} {option}{takes}")
    return "\n".join(lines) + "\n"


def _powershell(places: Sequence[Place]) -> str:
    def listed(words: Iterable[str]) -> str:
        return "@(" + ", ".join(f"'{word}'" for word in words if _UNQUOTED.fullmatch(word)) + ")"

    lines = [
        "# PowerShell completion for posdevkit",
        "Register-ArgumentCompleter -Native -CommandName posdevkit -ScriptBlock {",
        "    param($wordToComplete, $commandAst, $cursorPosition)",
        "    $words = @{",
        *(f"        '{place.path}' = {listed(place.words)}" for place in places),
        "    }",
        "    $values = @{",
        *(
            f"        '{place.path} {flag}' = {listed(value.choices)}"
            for place, value in _valued(places)
            for flag in value.flags
        ),
        "    }",
        "    $given = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })",
        "    if ($wordToComplete) { $given = @($given | Select-Object -SkipLast 1) }",
        "    $place = 'posdevkit'",
        "    foreach ($word in ($given | Select-Object -Skip 1)) {",
        '        if ($words.ContainsKey("$place $word")) { $place = "$place $word" }',
        "    }",
        '    $last = "$place $($given[-1])"',
        "    $found = if ($values.ContainsKey($last)) { $values[$last] } else { $words[$place] }",
        '    $found | Where-Object { $_ -like "$wordToComplete*" } |',
        "        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }",
        "}",
    ]
    return "\n".join(lines) + "\n"


_SHELLS: Final[dict[str, Callable[[Sequence[Place]], str]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "powershell": _powershell,
}

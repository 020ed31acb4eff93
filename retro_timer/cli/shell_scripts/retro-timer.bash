# Completion of retro-timer in bash, 3.2 and newer: `retro-timer completion install bash` writes this file.

_retro_timer() {
    # The program splits the line itself, because bash breaks words at colons and equals signs.
    local line="${COMP_LINE:0:COMP_POINT}" program="${COMP_WORDS[0]//[\\\"\']/}" kind value
    [[ $program == "~/"* ]] && program="$HOME${program:1}"
    type -P -- "$program" >/dev/null || program=retro-timer
    COMPREPLY=()
    while IFS=$'\t' read -r kind value _; do
        case $kind in
            file) compopt -o default 2>/dev/null ;;
            dir) compopt -o dirnames 2>/dev/null ;;
            word) COMPREPLY+=("$value") ;;
        esac
    done < <("$program" completion offer --replacing="$2" -- "$line" 2>/dev/null)
}

complete -o nosort -F _retro_timer retro-timer 2>/dev/null || complete -F _retro_timer retro-timer

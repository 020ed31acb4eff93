# Completion of retro-timer in fish: `retro-timer completion install fish` writes this file.

function __retro_timer_complete
    set -l words (commandline -opc)
    while string match -qr '^\w+=' -- $words[1]
        set -e words[1]
    end
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -l current (commandline -ct)
    switch $current
        case '"*' "'*"
            set current (string sub -s 2 -- $current)
        case '*'
            set current (string unescape -- $current)
    end
    set -l option (string match -r '^--[^=]*=' -- "$current")
    set -l path (string replace -r '^--[^=]*=' '' -- "$current")
    $program completion offer -- $words[2..-1] "$current" 2>/dev/null | while read -l -d \t kind value text
        switch $kind
            case file
                __fish_complete_path "$path" | string replace -r -- '^' "$option"
            case dir
                __fish_complete_directories "$path" | string replace -r -- '^' "$option"
            case word
                printf '%s\t%s\n' $value $text
        end
    end
end

complete -c retro-timer --no-files --keep-order -a '(__retro_timer_complete)'

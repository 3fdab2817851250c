# Tab completion of lesson in fish. To install it: lesson completion fish >~/.config/fish/completions/lesson.fish
function __lesson_complete
    set -l words (commandline -opc)
    set -l found ($words[1] __complete $words[2..-1] "$(commandline -ct)" 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c lesson -f -a '(__lesson_complete)'

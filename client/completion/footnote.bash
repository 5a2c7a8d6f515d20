# Completion of footnote in bash.  Written by footnote_docs out of the table of commands;
# edit client/cli/rows_*.c instead.
# SPDX-License-Identifier: GPL-2.0-or-later

_footnote() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --socket | --connect | --timeout) ((i++)) ;;
        -* | help) ;;
        *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    COMPREPLY=()
    if [[ $prev == --* ]]; then
        case "$command $prev" in
        'search --in') mapfile -t COMPREPLY < <(compgen -W 'articles sources all' -- "$cur") ;;
        'search --filter') ;;
        'search --facet') ;;
        'search --sort') ;;
        'search --collapse') ;;
        'search --decay') ;;
        'search --boost') ;;
        'search --limit') ;;
        'search --offset') ;;
        'search --cursor') ;;
        'search --time-limit-ms') ;;
        'search --ranking') mapfile -t COMPREPLY < <(compgen -W 'default deep' -- "$cur") ;;
        'search --fragments') ;;
        'search --highlight') ;;
        'show --revision') ;;
        'show --kind') mapfile -t COMPREPLY < <(compgen -W 'article source' -- "$cur") ;;
        'suggest --limit') ;;
        'suggest --types') ;;
        'similar --kind') mapfile -t COMPREPLY < <(compgen -W 'article source' -- "$cur") ;;
        'similar --in') mapfile -t COMPREPLY < <(compgen -W 'articles sources all' -- "$cur") ;;
        'similar --filter') ;;
        'similar --limit') ;;
        'batch --format') mapfile -t COMPREPLY < <(compgen -W 'jsonl csv trec' -- "$cur") ;;
        'batch --limit') ;;
        'batch --in') mapfile -t COMPREPLY < <(compgen -W 'articles sources all' -- "$cur") ;;
        'batch --filter') ;;
        'batch --ranking') mapfile -t COMPREPLY < <(compgen -W 'default deep' -- "$cur") ;;
        'batch --tag') ;;
        'import --format') mapfile -t COMPREPLY < <(compgen -W 'text markdown html json jsonl jsonld csv' -- "$cur") ;;
        'import --map') ;;
        'import --id-prefix') ;;
        'import --list-separator') ;;
        'import --date-order') mapfile -t COMPREPLY < <(compgen -W 'iso dmy mdy' -- "$cur") ;;
        'import --dirty') mapfile -t COMPREPLY < <(compgen -W 'reject coerce drop' -- "$cur") ;;
        'import --errors-to') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        'put --kind') mapfile -t COMPREPLY < <(compgen -W 'article source' -- "$cur") ;;
        'put --if-revision') ;;
        'put --dirty') mapfile -t COMPREPLY < <(compgen -W 'reject coerce drop' -- "$cur") ;;
        'patch --kind') mapfile -t COMPREPLY < <(compgen -W 'article source' -- "$cur") ;;
        'patch --if-revision') ;;
        'get --revision') ;;
        'get --kind') mapfile -t COMPREPLY < <(compgen -W 'article source' -- "$cur") ;;
        'delete --query') ;;
        'delete --kind') mapfile -t COMPREPLY < <(compgen -W 'article source' -- "$cur") ;;
        'export --format') mapfile -t COMPREPLY < <(compgen -W 'jsonl jsonld csl bibtex' -- "$cur") ;;
        'export --output') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        'cited-by --filter') ;;
        'cited-by --sort') ;;
        'cited-by --limit') ;;
        'cited-by --offset') ;;
        'related --limit') ;;
        'related-sources --limit') ;;
        'lint --query') ;;
        'lint --severity') mapfile -t COMPREPLY < <(compgen -W 'error warning info' -- "$cur") ;;
        'lint --limit') ;;
        'quote --article') ;;
        'quote --limit') ;;
        'check --limit') ;;
        'source-status --since') ;;
        'source-status --note') ;;
        'reindex --schema') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        'schema --set') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        'synonyms --add') ;;
        'synonyms --remove') ;;
        'synonyms --set') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        'stop-words --add') ;;
        'stop-words --remove') ;;
        'stop-words --set') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        *' --socket') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        *' --connect') ;;
        *' --timeout') ;;
        *) prev='' ;;
        esac
        [[ $prev ]] && return
    fi
    local flags='--socket --connect --timeout --json --jsonl --plain --exit-status --no-color --quiet --help --version' words='' files=''
    case $command in
    '') words='help search show suggest spell similar batch import put patch get delete export cited-by related related-sources evidence lint quote check trace impact source-status canonicalize status tasks refused cancel reindex schema synonyms stop-words rollback compact verify backup restore call' ;;
    search) flags+=' --in --filter --facet --sort --collapse --decay --boost --limit --offset --cursor --exact-total --time-limit-ms --prefix --ranking --fragments --highlight --html --explain' ;;
    show) flags+=' --revision --kind' ;;
    suggest) flags+=' --limit --types' ;;
    similar) flags+=' --kind --in --filter --limit' ;;
    batch) flags+=' --format --limit --in --filter --ranking --tag' files=1 ;;
    import) flags+=' --format --map --id-prefix --list-separator --date-order --dirty --dry-run --wait --errors-to' files=1 ;;
    put) flags+=' --kind --if-revision --dirty --wait' files=1 ;;
    patch) flags+=' --kind --if-revision --wait' files=1 ;;
    get) flags+=' --revision --kind' ;;
    delete) flags+=' --query --kind --dry-run --purge --yes --wait' ;;
    export) flags+=' --format --gzip --output' ;;
    cited-by) flags+=' --filter --sort --limit --offset' ;;
    related) flags+=' --limit' ;;
    related-sources) flags+=' --limit' ;;
    lint) flags+=' --all --query --severity --limit' ;;
    quote) flags+=' --article --limit' ;;
    check) flags+=' --limit' ;;
    source-status) flags+=' --since --note' ;;
    reindex) flags+=' --schema --dry-run --wait' ;;
    schema) flags+=' --set' ;;
    synonyms) flags+=' --add --remove --set --reset' ;;
    stop-words) flags+=' --add --remove --set --reset' ;;
    verify) flags+=' --repair' ;;
    backup) files=1 ;;
    restore) files=1 ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
    elif [[ $files ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    fi
}
complete -F _footnote footnote

#!/usr/bin/env bash
# diff/ and gate/render are pure: what they take from outside is memory, text and numbers.
# usage: tests/lint/purity.sh FOLDER-OF-ARCHIVES
set -u
lib=$1
allowed='^(calloc|malloc|realloc|reallocarray|free|qsort|bsearch|mem(chr|cmp|cpy|move|set|rchr|mem)|str(len|nlen|cmp|ncmp|chr|rchr|str|cpy|spn|cspn|dup|ndup|toul|toull|tod|pbrk)'
allowed+='|(v?snprintf|mem(cpy|move|set)|vsnprintf)(_chk)?|(exp|exp2|log|log1p|expm1|log2|sqrt|pow|tanh|atanh|cosh|sinh|fabs|floor|ceil|round|lround|llround|fmin|fmax|fmod|lgamma|lgamma_r|tgamma|erfc?|isnan|isinf)l?'
allowed+='|__[a-z]+_chk|__stack_chk_fail|__(u?div|u?mod)ti3|__ctype_b_loc|_GLOBAL_OFFSET_TABLE_|__errno_location)$'
inflate='^(inflate|deflate|crc32).*$'
json='^json_.*$'
bad=0
for layer in base model engine render; do
	extra='^$'
	[ $layer = model ] && extra=$inflate
	[ $layer = render ] && extra=$json
	defined=$(nm --defined-only "$lib"/{base,model,engine,render}.a 2>/dev/null | awk 'NF==3{print $3}' | sort -u)
	while read -r symbol; do
		[[ $symbol =~ $allowed || $symbol =~ $extra ]] && continue
		grep -qxF "$symbol" <<<"$defined" && continue
		echo "$layer: takes '$symbol' from outside"
		bad=1
	done < <(nm -u "$lib/$layer.a" | awk 'NF==2{print $2}' | sed 's/@.*//' | sort -u)
	# State that outlives a call: written data in any object.
	while read -r symbol; do
		echo "$layer: mutable static '$symbol'"
		bad=1
	done < <(objdump -t "$lib/$layer.a" | awk 'NF > 3 && $(NF-2) ~ /^\.(data|bss|tdata|tbss)(\.[a-zA-Z_0-9]+)?$/ && $(NF-2) !~ /rel\.ro/ && $NF !~ /^\./ {print $NF}')
done
[ $bad -eq 0 ] && echo "purity: kept"
exit $bad

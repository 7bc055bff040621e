#!/bin/sh
# embed.sh FOLDER FILE...: print an assembler source that holds the bytes of each FILE and the table of them that
# runner/bind/library.h declares. Names in the table are relative to FOLDER. Paths hold no spaces and no quotes.
set -eu
folder=$1
shift
echo '	.section .rodata'
number=0
for file in "$@"; do
	number=$((number + 1))
	printf '.Lname%d:\t.asciz "%s"\n.Ltext%d:\t.incbin "%s"\n.Lend%d:\t.byte 0\n' \
		$number "${file#"$folder"/}" $number "$file" $number
done
echo '	.section .data.rel.ro, "aw"'
echo '	.balign 16'
echo '	.global nlab_library_files'
echo 'nlab_library_files:'
while [ "$#" -gt 0 ]; do
	row=$((number - $# + 1))
	printf '\t.dc.a .Lname%d, .Ltext%d, .Lend%d - .Ltext%d\n' $row $row $row $row
	shift
done
echo '	.dc.a 0, 0, 0'
echo '	.section .note.GNU-stack, "", %progbits'

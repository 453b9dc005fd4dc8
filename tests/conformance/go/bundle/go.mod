module doublezero.invalid/bundle

go 1.22

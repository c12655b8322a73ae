autocmd BufRead,BufNewFile *.actors setfiletype actors

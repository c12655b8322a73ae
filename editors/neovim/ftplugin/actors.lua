vim.bo.commentstring = '// %s'
vim.bo.comments = ':///,://'
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.bo.softtabstop = 2
vim.bo.smartindent = true
vim.opt_local.formatoptions:remove('t')
vim.opt_local.formatoptions:append('croql')

-- Colours and folds, where the parser is installed.
if vim.treesitter and vim.treesitter.start and pcall(vim.treesitter.start) and vim.treesitter.foldexpr then
  vim.wo[0][0].foldexpr = 'v:lua.vim.treesitter.foldexpr()'
end

vim.b.undo_ftplugin = 'setlocal commentstring< comments< expandtab< shiftwidth< softtabstop< smartindent< formatoptions< foldexpr<'

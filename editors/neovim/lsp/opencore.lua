-- How Neovim 0.11 and newer start the language server; plugin/opencore.lua
-- hands it to older ones.
return {
  cmd = { vim.g.opencore_command or 'opencore', 'lsp' },
  filetypes = { 'actors' },
  root_markers = { 'go.mod', '.git' },
}

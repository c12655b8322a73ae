-- What a user sees of a broken program, in a Neovim without any other
-- settings: nvim --headless -u NONE -i NONE -S this file. It prints what
-- is wrong with the settings and ends with status 1, or ends with 0.
local folder = vim.fn.fnamemodify(vim.fn.expand('<sfile>:p'), ':h:h')
local deadline = 20000 -- milliseconds; a loaded machine is slow

local function main()
  vim.opt.runtimepath:prepend(folder)
  vim.cmd('filetype plugin on')
  vim.cmd('runtime! plugin/opencore.lua')

  local file = vim.fn.tempname() .. '.actors'
  vim.fn.writefile({ 'message Tick { n int }', 'actor Clock() { push ticks Tock }', 'graph main {', '}' }, file)
  vim.cmd('edit ' .. file)
  assert(vim.bo.filetype == 'actors', 'the file type is "' .. vim.bo.filetype .. '"')
  assert(vim.bo.commentstring == '// %s' and vim.bo.shiftwidth == 2, 'the settings of the file type are missing')

  local said
  vim.wait(deadline, function()
    for _, d in ipairs(vim.diagnostic.get(0)) do
      if d.message:find('Tock', 1, true) then
        said = d
      end
    end
    return said ~= nil
  end, 50)
  assert(said, 'no diagnostic came from the language server')
  assert(said.lnum == 1, 'the diagnostic is on line ' .. said.lnum)

  local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', {
    textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = 1, character = 7 },
  }, deadline)
  local hover
  for _, answer in pairs(answers or {}) do
    hover = answer.result and answer.result.contents
  end
  assert(hover and vim.inspect(hover):find('Clock', 1, true), 'hover says ' .. vim.inspect(answers))

  if vim.g.opencore_parser then
    vim.treesitter.language.add('actors', { path = vim.g.opencore_parser })
    vim.treesitter.start()
    local tree = vim.treesitter.get_parser(0, 'actors'):parse()[1]
    assert(tree:root():type() == 'source_file' and not tree:root():has_error(), 'the parser takes no program')
    local get = vim.treesitter.query.get
    for _, name in ipairs({ 'highlights', 'folds', 'indents', 'injections', 'locals' }) do
      assert(get('actors', name), 'no query for ' .. name)
    end
    local captures = vim.tbl_map(function(c) return c.capture end, vim.treesitter.get_captures_at_pos(0, 1, 16))
    assert(vim.deep_equal(captures, { 'keyword' }), 'the colour of "push" is ' .. vim.inspect(captures))
  end
end

local ok, message = pcall(main)
if not ok then
  io.stderr:write(tostring(message) .. '\n')
end
vim.cmd(ok and 'qall!' or 'cquit 1')

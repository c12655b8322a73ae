-- Starts the language server for .actors files, if its program is there.
if vim.g.loaded_opencore then
  return
end
vim.g.loaded_opencore = true

-- The settings that lsp/opencore.lua has for those who find it by themselves.
local function settings()
  local file = vim.api.nvim_get_runtime_file('lsp/opencore.lua', false)[1]
  return dofile(file)
end

local function root(markers, file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  for _, marker in ipairs(markers) do
    local found = vim.fn.finddir(marker, folder .. ';')
    if found == '' then
      found = vim.fn.findfile(marker, folder .. ';')
    end
    if found ~= '' then
      return vim.fn.fnamemodify(found, ':p:s?/$??:h')
    end
  end
  return folder
end

-- For Neovim 0.7, which starts clients, but not one for each root.
local clients = {}

local function start(buffer)
  local config = settings()
  config.name = 'opencore'
  config.root_dir = root(config.root_markers, vim.api.nvim_buf_get_name(buffer))
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  local id = clients[config.root_dir]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client(config)
    clients[config.root_dir] = id
  end
  vim.lsp.buf_attach_client(buffer, id)
end

local command = settings().cmd[1]

local function warn()
  vim.notify(
    ('opencore: there is no program %q. Install it (go install github.com/ilpomo/opencore/cmd/opencore@latest), '
      .. 'or say where it is: vim.g.opencore_command = "/path/to/opencore"'):format(command),
    vim.log.levels.WARN
  )
end

local there = vim.fn.executable(command) == 1
if there and vim.lsp.enable then
  vim.lsp.enable('opencore')
  return
end
vim.api.nvim_create_autocmd('FileType', {
  pattern = 'actors',
  group = vim.api.nvim_create_augroup('opencore', {}),
  once = not there, -- one warning is enough
  callback = function(event)
    if there then
      start(event.buf)
    else
      warn()
    end
  end,
})

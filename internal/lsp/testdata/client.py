"""An editor that isn't ours: pygls speaks with the server that the command
line names, about a program in a folder. It prints what it was told, a line a
piece of news."""

import asyncio
import os
import sys

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient


async def main(folder: str, command: list[str]) -> None:
    client = LanguageClient("pygls", "1")
    news: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(params: lsp.PublishDiagnosticsParams) -> None:
        news.put_nowait(params)

    async def findings(version: int) -> str:
        while True:
            params = await news.get()
            if params.version == version:
                return "; ".join(f"{d.range.start.line}:{d.range.start.character} {d.code} {d.message.splitlines()[0]}" for d in params.diagnostics) or "none"

    await client.start_io(*command)
    result = await client.initialize_async(lsp.InitializeParams(
        capabilities=lsp.ClientCapabilities(), process_id=os.getpid(), root_uri=f"file://{folder}"))
    print("server", result.server_info.name, result.capabilities.position_encoding)
    client.initialized(lsp.InitializedParams())

    uri = f"file://{folder}/quakes.actors"
    with open(f"{folder}/quakes.actors", encoding="utf-8") as file:
        text = file.read()
    lines = text.splitlines()
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(
        text_document=lsp.TextDocumentItem(uri=uri, language_id="actors", version=1, text=text)))
    print("findings", await findings(1))

    line = next(i for i, words in enumerate(lines) if "where mag >=" in words)
    column = lines[line].index("mag")
    document = lsp.TextDocumentIdentifier(uri=uri)
    at = lsp.Position(line=line, character=column)

    hover = await client.text_document_hover_async(lsp.HoverParams(text_document=document, position=at))
    print("hover", hover.contents.value.splitlines()[1])
    definition = await client.text_document_definition_async(lsp.DefinitionParams(text_document=document, position=at))
    print("definition", lines[definition[0].range.start.line].strip())
    references = await client.text_document_references_async(lsp.ReferenceParams(
        text_document=document, position=at, context=lsp.ReferenceContext(include_declaration=True)))
    print("references", len(references))
    completion = await client.text_document_completion_async(lsp.CompletionParams(text_document=document, position=at))
    print("completion", *[item.label for item in completion[:3]])
    rename = await client.text_document_rename_async(lsp.RenameParams(text_document=document, position=at, new_name="size"))
    print("rename", len(rename.changes[uri]))
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(text_document=document))
    print("outline", *[symbol.name for symbol in symbols])
    tokens = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(text_document=document))
    print("tokens", len(tokens.data) > 200, len(tokens.data) % 5)
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(text_document=document))
    print("folds", len(folds) > 2)

    client.text_document_did_change(lsp.DidChangeTextDocumentParams(
        text_document=lsp.VersionedTextDocumentIdentifier(uri=uri, version=2),
        content_changes=[lsp.TextDocumentContentChangePartial(range=lsp.Range(start=at, end=lsp.Position(line, column + 3)), text="  nix")]))
    print("findings", await findings(2))
    edits = await client.text_document_formatting_async(lsp.DocumentFormattingParams(
        text_document=document, options=lsp.FormattingOptions(tab_size=2, insert_spaces=True)))
    print("format", len(edits))

    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


asyncio.run(asyncio.wait_for(main(sys.argv[1], sys.argv[2:]), 60))

package syntax

import "github.com/ilpomo/opencore/lang/diag"

// The codes of how a file is written. Each has a page with an example in
// lang/diag/pages.
const (
	codeBelongs   diag.Code = "OC101" // something stands where something else belongs
	codeBracket   diag.Code = "OC102" // a bracket that is not closed, not opened or closed twice
	codeMoveUp    diag.Code = "OC103" // a line that starts with what belongs on the line before
	codeString    diag.Code = "OC104" // a string that doesn't end, or with an escape that is none
	codeNumber    diag.Code = "OC105" // a number, duration or size that is none
	codeKeyword   diag.Code = "OC106" // a word that begins nothing here
	codeCharacter diag.Code = "OC107" // a character that means nothing
	codeSettings  diag.Code = "OC108" // settings where none may stand, or in the wrong order
	codeLimit     diag.Code = "OC109" // a file over a limit of the compiler
	codeDoc       diag.Code = "OC110" // warning: a doc comment over nothing
)

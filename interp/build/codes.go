package build

import "github.com/ilpomo/opencore/lang/diag"

// The codes of handlers in Go. Each has a page with an example in
// lang/diag/pages.
const (
	codeNoPackage   diag.Code = "OC501" // no Go package where the handlers should be
	codeMain        diag.Code = "OC502" // the handlers' package can't be imported: it is main, two packages, or in another module
	codeNoGoType    diag.Code = "OC503" // an actor without a Go type
	codeNotAHandler diag.Code = "OC504" // the name is there, but not a type that can be a handler
	codeNoField     diag.Code = "OC505" // a parameter or outgoing port without its field
	codeFieldType   diag.Code = "OC506" // a field of another type than the parameter or port needs
	codeNoMethod    diag.Code = "OC507" // an in-port without its method
	codeSignature   diag.Code = "OC508" // a method of another signature than the port needs
	codeExtraPort   diag.Code = "OC509" // a field that is a port which the actor doesn't have
	codeNoSource    diag.Code = "OC510" // an actor without in-ports that never does anything
	codeHook        diag.Code = "OC511" // Start, Run, Tick or Stop of another signature, or where it is never called
	codeGoSyntax    diag.Code = "OC512" // Go that does not parse
	codeDeclared    diag.Code = "OC513" // the Go type of a message is declared by hand too
	codeGoCompiler  diag.Code = "OC514" // what the Go compiler says
)

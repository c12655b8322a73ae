package check

import "github.com/ilpomo/opencore/lang/diag"

// The codes of names, types, declarations and arguments. Each has a page with
// an example in lang/diag/pages.
const (
	codeTaken        diag.Code = "OC201" // two things have one name
	codeNoActor      diag.Code = "OC202" // an instance of an actor that is not declared
	codeNoPort       diag.Code = "OC203" // a wire to a port that the actor doesn't have
	codeNoType       diag.Code = "OC204" // a field, port or parameter of a type that is not declared
	codeNoInstance   diag.Code = "OC205" // a wire to an instance that the graph doesn't have
	codeNoName       diag.Code = "OC206" // a value that is a name of nothing
	codeNoParam      diag.Code = "OC207" // an argument for a parameter that the actor doesn't have
	codeNoArgument   diag.Code = "OC208" // a parameter without a default is not given
	codeTwice        diag.Code = "OC209" // an argument, setting or variable is given twice
	codeValue        diag.Code = "OC210" // a value that is not one of the type
	codeRange        diag.Code = "OC211" // a number out of range
	codeGoName       diag.Code = "OC212" // two names that are one in Go
	codeReserved     diag.Code = "OC213" // a name that has a meaning already
	codeBigEnum      diag.Code = "OC214" // an enum with more values than a byte counts
	codeKind         diag.Code = "OC215" // a name that is one of another kind of thing
	codeTypeArgs     diag.Code = "OC216" // type arguments that the actor doesn't take
	codeKey          diag.Code = "OC217" // a key that is no field to choose a replica by
	codeNotConstant  diag.Code = "OC218" // a value that must be known before the run
	codeConst        diag.Code = "OC219" // a const without a value or a type
	codeEndless      diag.Code = "OC220" // endless, and has in-ports
	codeOpaque       diag.Code = "OC221" // a key or topic of a port whose fields are not known
	codeExprParam    diag.Code = "OC222" // a parameter for expressions over no message, or over several
	codeClause       diag.Code = "OC223" // a clause or setting that doesn't belong there
	codeCommand      diag.Code = "OC224" // a command that starts no program
	codeLines        diag.Code = "OC225" // what a program that reads and writes lines can't have
	codeElsewhere    diag.Code = "OC226" // what an actor that runs elsewhere can't have
	codeAddressed    diag.Code = "OC227" // a port of an external actor without an address, or with two
	codeRaw          diag.Code = "OC228" // a message that is more than bytes, to be sent raw
	codeAddress      diag.Code = "OC229" // what is no address of ZeroMQ
	codeTransport    diag.Code = "OC230" // a transport that doesn't lead there
	codeUDP          diag.Code = "OC231" // udp
	codeSecret       diag.Code = "OC233" // a secret where it would be shown
	codeEndlessly    diag.Code = "OC234" // a message that contains itself without end
	codeUnused       diag.Code = "OC236" // warning: a parameter of main or a const that nothing uses
	codeSide         diag.Code = "OC301" // a port on the wrong side of a wire
	codePatterns     diag.Code = "OC302" // patterns that can't meet
	codeTypes        diag.Code = "OC303" // a message that the other end doesn't take
	codeWhichPort    diag.Code = "OC304" // an end that doesn't say its port, and has to
	codeUnwired      diag.Code = "OC305" // a port that must be wired and is not
	codeUndetermined diag.Code = "OC306" // a type parameter that nothing determines
	codeSameWire     diag.Code = "OC307" // a wire that stands there twice
	codeNoRequest    diag.Code = "OC308" // a timeout or retry where nothing is asked
	codeTwoElse      diag.Code = "OC309" // a second else at a port
	codeLoneElse     diag.Code = "OC310" // an else with no filter beside it
	codeBoundTwice   diag.Code = "OC311" // an endpoint that two would bind
	codeSelf         diag.Code = "OC317" // a component that leads back to itself
	codePair         diag.Code = "OC312" // a pair with more than two ends, or a filter
	codeShared       diag.Code = "OC313" // messages that a foreign peer can't hand out so
	codeNotOurs      diag.Code = "OC314" // a wire between two external actors
	codeExpose       diag.Code = "OC315" // a port that can't be opened to foreign peers
	codeGroup        diag.Code = "OC316" // instances that can't share a process
	codeUnreachable  diag.Code = "OC320" // warning: an instance that no message reaches
	codeUnread       diag.Code = "OC321" // warning: a source that nobody reads
	codeIdleWire     diag.Code = "OC322" // warning: a wire that never takes a message
	codeKeyTypes     diag.Code = "OC323" // warning: keys that can't be compared share replicas
	codeOpen         diag.Code = "OC324" // warning: an address that anybody can connect to
)

// The codes of expressions.
const (
	codeExprSyntax  diag.Code = "OC401" // not an expression
	codeExprName    diag.Code = "OC402" // a name that the expression doesn't see
	codeExprType    diag.Code = "OC403" // an operator or function on what it doesn't take
	codeExprRefused diag.Code = "OC404" // what expr knows and filters don't
	codeExprLiteral diag.Code = "OC405" // a literal that is no value of its type
	codeExprBig     diag.Code = "OC406" // an expression over the bounds
	codeExprNil     diag.Code = "OC407" // nil compared with what is never null
	codeExprClash   diag.Code = "OC408" // a name that is two things
	codeExprSame    diag.Code = "OC409" // warning: a filter that says the same of every message
	codeMapMissing  diag.Code = "OC410" // a mapping that leaves a field without a value
	codeFilterSelf  diag.Code = "OC412" // a named filter that depends on itself
	codeMapField    diag.Code = "OC411" // a mapping of a field that the message doesn't have
)

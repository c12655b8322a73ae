; Made of editors/queries/locals.scm; make.mjs beside it says how.

; A graph's instances, ports and parameters, and what a file declares.

(source_file) @local.scope
(graph) @local.scope
(actor) @local.scope

(message name: (identifier) @local.definition)
(enum name: (identifier) @local.definition)
(actor name: (identifier) @local.definition)
(graph name: (identifier) @local.definition)
(filter name: (identifier) @local.definition)
(const name: (identifier) @local.definition)
(type_parameters (identifier) @local.definition)
(parameter name: (identifier) @local.definition)
(instance name: (identifier) @local.definition)
(port name: (identifier) @local.definition)

(type_name (identifier) @local.reference)
(port_ref instance: (identifier) @local.reference)
(reference (identifier) @local.reference)
(name (identifier) @local.reference)
(filter message: (path (identifier) @local.reference))

; A graph's instances, ports and parameters, and what a file declares.

(source_file) @local.scope
(graph) @local.scope
(actor) @local.scope

(message name: (identifier) @local.definition.type)
(enum name: (identifier) @local.definition.type)
(actor name: (identifier) @local.definition.type)
(graph name: (identifier) @local.definition.type)
(filter name: (identifier) @local.definition.function)
(const name: (identifier) @local.definition.constant)
(type_parameters (identifier) @local.definition.type)
(parameter name: (identifier) @local.definition.parameter)
(instance name: (identifier) @local.definition.var)
(port name: (identifier) @local.definition.var)

(type_name (identifier) @local.reference)
(port_ref instance: (identifier) @local.reference)
(reference (identifier) @local.reference)
(name (identifier) @local.reference)
(filter message: (path (identifier) @local.reference))

// As many frames as Node keeps: jest sets a hundred, and maps each one to its source whenever a stack is read, which
// graphql does with every error of a resolver. Fuzzers, whose departments fail often, spend a tenth of their time on it.
Error.stackTraceLimit = 10;

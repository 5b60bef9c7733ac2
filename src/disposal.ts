/**
 * Node before 20.4 lacks the symbols of `using` and `await using`; a method under a missing one would be called
 * "undefined". Imported before any class that has such a method.
 */
const symbols = Symbol as { dispose?: symbol; asyncDispose?: symbol };
symbols.dispose ??= Symbol("Symbol.dispose");
symbols.asyncDispose ??= Symbol("Symbol.asyncDispose");

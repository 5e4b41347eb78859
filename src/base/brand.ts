/** A nominal type over a structural one: two brands of `number` do not mix although both are numbers at run time. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

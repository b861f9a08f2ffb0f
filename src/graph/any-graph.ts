import graphology from 'graphology'

/** graphology's class of any graph. Its types describe the CommonJS module, but the import is the class itself. */
export const AnyGraph = graphology as unknown as typeof graphology.default

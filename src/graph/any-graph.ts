import graphology from 'graphology'

/** graphology's class of any graph. Its types describe the module that CommonJS loads; what is imported here is the class itself. */
export const AnyGraph = graphology as unknown as typeof graphology.default

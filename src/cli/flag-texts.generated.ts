/** Written by `npm run reference`: the help of flags, from the comments above the options. */
export const FLAG_TEXTS: Readonly<Record<string, Readonly<Record<string, readonly [help: string, fallback: string]>>>> =
  {
    recommend: {
      profileHalfLife: ["items after which a profile's item counts half, > 0", 'null'],
      minScore: ['entries with a lower score are left out, and no prior fills up', 'none'],
      priorUpTo: ['profiles of at most so many items get the prior alone; integer >= 0', '0: the prior only fills up'],
    },
    labelSpreading: {
      tolerance: [
        'how far a share may be from the exact solution at any reached node, at any distance from the seeds',
        '1e-6',
      ],
      maxIterations: ['most sweeps, or steps over all edges', '1000'],
      alpha: ['share of the neighbours, in (0, 1); higher reaches further', '0.9'],
    },
    personalizedPageRank: {
      alpha: ['probability of going on, in (0, 1), the damping factor', '0.85'],
      tolerance: ["wanted max |f' - f|, relative to the largest seed; in (0, 1]", '1e-6'],
      maxIterations: ['most sweeps; integer >= 1', '1000'],
    },
    predictRatings: { seed: ['of the first vectors and of the labels held out', '1'] },
    spectralEmbedding: {
      dimensions: ['length of the vectors', '64'],
      seed: ['of the first vectors; integer >= 0', '1'],
    },
    clusterUsers: {
      method: ['communities of the graph of nearest neighbours, or clusters around directions', 'louvain'],
      count: ["clusters of 'k-means', integer >= 1", 'null'],
      neighbours: ['nearest neighbours of each in the graph, integer >= 1', '15'],
      resolution: ["> 0; the larger, the more and the smaller clusters 'louvain' finds", '1'],
      runs: ['runs, from seeds that follow each other, of which the best is the answer', '5'],
      dimensions: ['length of the spectral vectors; integer >= 1', '16'],
      seed: ['of the vectors and of the first run; integer >= 0', '1'],
    },
    tune: {
      seed: ['seed of all that is drawn', '1'],
      validationUsers: ['most users that candidates are scored on, integer >= 1', '2,000'],
      k: ['length of the lists that are scored; integer >= 1', '20'],
    },
    'graph-filter': { exact: ["whether all lists come of the recipe's polynomial, by sweeps", 'false'] },
    'label-spreading': {
      alpha: ['share of the neighbours, in (0, 1)', '0.7'],
      tolerance: ['residual bound of the fixed number of sweeps, in (0, 1]', '0.01'],
    },
    rp3beta: {
      alpha: ['exponent of the transition probabilities, in [0, 10]', '0.9'],
      itemAlpha: ['another exponent for the step that leaves an item, in [0, 10], or null for alpha', 'null'],
      neighbours: [
        'similar items kept of each item, integer >= 1, or null to keep all and never build a matrix of items',
        'null',
      ],
      beta: ['exponent of the penalty on popular items, in [0, 10]', '0.3'],
    },
    p3alpha: {
      alpha: ['exponent of the transition probabilities, in [0, 10]', '1'],
      itemAlpha: ['another exponent for the step that leaves an item, in [0, 10], or null for alpha', 'null'],
      neighbours: ['similar items kept of each item, integer >= 1, or null to keep all', '200'],
    },
    'item-knn': {
      neighbours: ['similar items kept of each item, integer >= 1', '50'],
      neighboursOf: ['whose neighbours are kept', 'profile'],
      shrink: ['added to the product of the norms, so that similarities of few users count less, >= 0', '0'],
    },
    ease: { lambda: ['ridge, > 0; the more, the smaller and smoother the weights', '250'] },
  }

/** Written by `npm run reference`: the help of flags, from the comments above the options. */
export const FLAG_TEXTS: Readonly<Record<string, Readonly<Record<string, readonly [help: string, fallback: string]>>>> =
  {
    recommend: {
      profileHalfLife: ["half-life of a profile's items, counted in items, > 0", 'null'],
      minScore: ['entries with a lower score are left out, and the prior does not fill the list', 'none'],
      priorUpTo: [
        'profiles with at most this many items get only the prior; integer >= 0',
        '0: the prior only fills short lists',
      ],
    },
    labelSpreading: {
      tolerance: ['maximum error of a share at any reached node, at any distance from the seeds', '1e-6'],
      maxIterations: ['maximum number of sweeps, or steps over all edges', '1000'],
      alpha: ['share of the neighbours, in (0, 1); higher reaches further', '0.9'],
    },
    personalizedPageRank: {
      alpha: ['probability of continuing the walk, in (0, 1), the damping factor', '0.85'],
      tolerance: ['convergence tolerance', '1e-6'],
      maxIterations: ['maximum number of sweeps; integer >= 1', '1000'],
    },
    predictRatings: { seed: ['seed of the first vectors and of the held-out labels', '1'] },
    spectralEmbedding: {
      dimensions: ['length of the vectors', '64'],
      seed: ['seed of the first vectors; integer >= 0', '1'],
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
      seed: ['seed of all random choices', '1'],
      validationUsers: ['maximum number of users on which candidates are scored, integer >= 1', '2,000'],
      k: ['length of the scored lists; integer >= 1', '20'],
    },
    'graph-filter': { exact: ["whether all lists are computed by the recipe's polynomial, in sweeps", 'false'] },
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

/** Where a CSR matrix lies. */
export interface MatrixOffsets {
  readonly indptr: number
  readonly indices: number
  /** 0 for a pattern. */
  readonly data: number
}

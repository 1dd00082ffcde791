/** Text of a file that is replaced. */
export interface Edit {
  /** Below `packages/hub/src`. */
  file: string
  /** Found exactly once in the file, so that a change of the gate cannot turn the bug into nothing. */
  find: string
  replace: string
}

/** A mistake that somebody could make in the gate. */
export interface PlantedBug extends Edit {
  name: string
  /** Where one guard stands behind another, both have to go. */
  also?: Edit[]
}

export function editsOf({ file, find, replace, also = [] }: PlantedBug): Edit[] {
  return [{ file, find, replace }, ...also]
}

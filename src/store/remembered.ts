/**
 * The same pure function, which remembers what it said of the last `most` texts or so. What it returns is shared by all
 * who ask, so nobody may change it.
 */
export function remembered<Out>(say: (text: string) => Out, most: number): (text: string) => Out {
  // Two generations: when the younger one is full it becomes the older one, and what is still asked about moves over.
  let [young, old] = [new Map<string, Out>(), new Map<string, Out>()];
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const said = old.get(text) ?? say(text);
    if (young.size >= most / 2) [young, old] = [new Map(), young];
    young.set(text, said);
    return said;
  };
}

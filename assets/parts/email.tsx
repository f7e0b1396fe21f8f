/** An address to write to. Where it has no room it breaks before its @, not within a name. */
export function Email({ address }: { address: string }) {
  const at = address.lastIndexOf('@');
  return <a class="plain" href={`mailto:${address}`}>{address.slice(0, at)}<wbr />{address.slice(at)}</a>;
}

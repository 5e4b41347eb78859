export function Divider() {
  return <div role="separator" class="divider" />;
}

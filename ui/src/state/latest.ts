// For sliders: sends the newest value, one at a time; values overtaken while one is under way are never sent.

export function latest<T>(send: (value: T) => Promise<void>): (value: T) => Promise<void> {
  let waiting: { value: T } | null = null;
  let running: Promise<void> | null = null;
  const drain = async () => {
    while (waiting) {
      const { value } = waiting;
      waiting = null;
      await send(value);
    }
  };
  return (value) => {
    waiting = { value };
    running ??= drain().finally(() => (running = null));
    return running;
  };
}

import type { ServerSettings } from '../../settings/server-settings.js';
import { SettingsError } from '../../settings/settings.error.js';

/** @throws {SettingsError} that names every mistake in `RESOURCE_SERVERS`, one a line */
export function checkDeclaredResourceServers({
  resourceServers: declared,
  apiAudience,
}: ServerSettings): void {
  const mistakes = declared.flatMap(({ identifier }, index) => {
    const name = `RESOURCE_SERVERS.${index}.identifier`;
    if (identifier === apiAudience) return [`${name} is the platform's own.`];
    const first = declared.findIndex((other) => other.identifier === identifier);
    return first < index ? [`${name} is that of another one too.`] : [];
  });
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'));
}

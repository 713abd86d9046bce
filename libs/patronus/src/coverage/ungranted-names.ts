import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { GrantableNames } from '../authorization/grants/grantable-names.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';

/** Maximum number of names that are reported at start. */
const NAMED = 20;

/**
 * Finds permissions that rules require and that no declared role grants: most of them are misspelt.
 * Finds nothing if a permission source is configured, or if no roles are declared.
 */
@Injectable()
export class UngrantedNames implements OnModuleInit {
  private readonly logger = new Logger('Patronus');

  constructor(
    private readonly rules: RuleRegistry,
    private readonly names: GrantableNames,
  ) {}

  onModuleInit(): void {
    for (const sentence of this.sentences().slice(0, NAMED)) this.logger.warn(sentence);
  }

  /** Returns one sentence for each name, with the nearest declared name. */
  sentences(): readonly string[] {
    const asking = this.rules.all().flatMap(({ owner, name, rule }) =>
      rule.requirements.map((requirement) => ({ requirement, by: `${owner.name}.${name}` })),
    );
    return this.names.ungranted(asking).map(({ sentence }) => sentence);
  }
}

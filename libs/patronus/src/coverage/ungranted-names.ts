import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { GrantableNames } from '../authorization/grants/grantable-names.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';

/** How many names a start warns of. */
const NAMED = 20;

/** Finds names that rules ask for and that no declared role grants: most of them are misspelt. */
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

  /** One sentence for each name, with the declared name that is nearest. */
  sentences(): readonly string[] {
    const asking = this.rules.all().flatMap(({ owner, name, rule }) =>
      rule.requirements.map((requirement) => ({ requirement, by: `${owner.name}.${name}` })),
    );
    return this.names.ungranted(asking).map(({ sentence }) => sentence);
  }
}

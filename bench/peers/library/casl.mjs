export { AbilityBuilder, createMongoAbility } from '@casl/ability';

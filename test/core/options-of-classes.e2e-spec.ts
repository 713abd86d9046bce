import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, type PatronusOptions } from '@patronus/nestjs';
import { mockIdentity } from '@patronus/nestjs/testing';

@Controller('open')
class WithoutRule {
  @Get()
  list() {
    return [];
  }
}

/** Starts an application with options that are made by a class, in the given form. */
async function start(form: 'forRoot' | 'forRootAsync', options: PatronusOptions) {
  const module =
    form === 'forRoot'
      ? PatronusModule.forRoot(options)
      : PatronusModule.forRootAsync({ useFactory: () => options });
  @Module({ imports: [module], controllers: [WithoutRule] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
  await app.init();
  await app.close();
}

class Base {
  readonly identityProvider = mockIdentity();
}

const base = { identityProvider: mockIdentity() };

describe.each(['forRoot', 'forRootAsync'] as const)('options of a class in %s', (form) => {
  it('count if they are getters', async () => {
    class Options extends Base {
      get coverage() {
        return 'enforce' as const;
      }
    }
    await expect(start(form, new Options())).rejects.toThrow('coverage: ');
  });

  it('count if they are inherited, or are beneath a getter', async () => {
    class Parent extends Base {
      get dpop() {
        return { maxAge: 0 };
      }
    }
    class Options extends Parent {}
    await expect(start(form, new Options())).rejects.toThrow('dpop.maxAge: ');
    await expect(start(form, Object.create(new Options()))).rejects.toThrow('dpop.maxAge: ');
  });

  it('count in tenancy and in permissions', async () => {
    class Tenancy {
      get crossTenantPermission() {
        return 'a b';
      }
    }
    class Permissions {
      get timeout() {
        return 0;
      }
    }
    const tenancy = new Tenancy();
    await expect(start(form, { ...base, tenancy })).rejects.toThrow(
      'tenancy.crossTenantPermission: ',
    );
    const permissions = new Permissions();
    await expect(start(form, { ...base, permissions })).rejects.toThrow('permissions.timeout: ');
  });

  it('are refused if they are misspelt, wherever they are', async () => {
    class Options extends Base {
      get coverag() {
        return 'enforce';
      }
    }
    const sentence = 'coverag: is not an option. Did you mean "coverage"?';
    await expect(start(form, new Options())).rejects.toThrow(sentence);
    class Tenancy {
      get clam() {
        return 'empresa_id';
      }
    }
    const misspelt = { ...base, tenancy: Object.assign(new Tenancy(), { claim: undefined }) };
    await expect(start(form, misspelt)).rejects.toThrow(
      'tenancy.clam: is not an option. Did you mean "claim"?',
    );
  });

  it('may stand beside methods', async () => {
    class Options extends Base {
      describe() {
        return 'options';
      }
      get coverage() {
        return 'report' as const;
      }
    }
    await expect(start(form, new Options())).resolves.toBeUndefined();
  });
});

describe('guards', () => {
  it('may be a getter', () => {
    class Options extends Base {
      get guards() {
        return 'manual' as const;
      }
    }
    const global = PatronusModule.forRoot(new Base()).providers ?? [];
    const manual = PatronusModule.forRoot(new Options()).providers ?? [];
    expect(global.length - manual.length).toBe(2);
  });

  it.each(['Manual', '', null, false])('refuses %j', (guards) => {
    const refused = "guards: is neither 'global' nor 'manual'.";
    const given: object = JSON.parse(JSON.stringify({ guards }));
    expect(() => PatronusModule.forRoot({ ...base, ...given })).toThrow(refused);
    const useFactory = () => base;
    expect(() => PatronusModule.forRootAsync({ useFactory, ...given })).toThrow(refused);
  });
});

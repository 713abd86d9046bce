import { Injectable, Module } from '@nestjs/common';

export type Role = 'admin' | 'editor' | 'reader';

export class User {
  readonly passwordHash = 'not for callers';

  constructor(
    readonly id: number,
    readonly email: string,
    readonly role: Role,
  ) {}

  toDto() {
    return { id: this.id, email: this.email, role: this.role };
  }
}

/** Replaces a repository. */
@Injectable()
export class UsersService {
  private readonly users = new Map(
    [
      new User(1, 'admin@novah.example', 'admin'),
      new User(2, 'editor@novah.example', 'editor'),
      new User(3, 'reader@novah.example', 'reader'),
    ].map((user) => [user.id, user]),
  );

  async findAll(): Promise<User[]> {
    return [...this.users.values()];
  }

  async findById(id: number): Promise<User | undefined> {
    return this.users.get(id);
  }

  async remove(id: number): Promise<void> {
    this.users.delete(id);
  }
}

@Module({ providers: [UsersService], exports: [UsersService] })
export class UsersModule {}

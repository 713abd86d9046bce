import { Body, Controller, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { TokensService } from './tokens.service.js';
import { type User, UsersService } from './users.js';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: TokensService,
  ) {}

  @Post('login')
  async login(@Body() { email }: { email: string }) {
    const users = await this.users.findAll();
    return this.issue(users.find((user) => user.email === email));
  }

  @Post('refresh')
  @UseGuards(AuthGuard('jwt-refresh'))
  async refresh(@Req() { user }: { user: { id: number } }) {
    return this.issue(await this.users.findById(user.id));
  }

  private issue(user: User | undefined) {
    if (user === undefined) throw new UnauthorizedException();
    return this.tokens.issue(user);
  }
}

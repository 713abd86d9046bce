import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { PassportModule } from '@nestjs/passport';
import { AuthController } from './auth.controller.js';
import { JwtRefreshStrategy } from './jwt-refresh.strategy.js';
import { JwtStrategy } from './jwt.strategy.js';
import { OpenController } from './open.controller.js';
import { TokensService } from './tokens.service.js';
import { UsersController } from './users.controller.js';
import { UsersModule } from './users.js';

@Module({
  imports: [ConfigModule.forRoot({ isGlobal: true }), PassportModule, UsersModule],
  controllers: [AuthController, UsersController, OpenController],
  providers: [JwtStrategy, JwtRefreshStrategy, TokensService],
})
export class AppModule {}

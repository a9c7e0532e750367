import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardRequest,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app'
import { type Pattern, patternOf } from './path-pattern.ts'

/** A route of bull-board's own API. */
export interface BoardRoute {
  readonly methods: readonly string[]
  readonly pattern: Pattern
  answer(
    request: BullBoardRequest,
  ): Promise<ControllerHandlerReturnType> | ControllerHandlerReturnType
}

/** Takes what bull-board hands to the server that it is to be part of, and keeps it. */
export class ServerAdapter implements IServerAdapter {
  /** Bull-board's files: its page, and what that loads. */
  viewsPath = ''
  routes: readonly BoardRoute[] = []
  /** Where its page is. */
  pages: readonly Pattern[] = []
  uiConfig: UIConfig = {}

  /** The queues are another matter in each request: who asks may not see all of them. */
  setQueues(): this {
    return this
  }

  setViewsPath(path: string): this {
    this.viewsPath = path
    return this
  }

  setStaticPath(): this {
    return this
  }

  setEntryRoute({ route }: AppViewRoute): this {
    this.pages = listOf(route).map(patternOf)
    return this
  }

  /** Errors are worded by us. */
  setErrorHandler(): this {
    return this
  }

  setApiRoutes(routes: readonly AppControllerRoute[]): this {
    this.routes = routes.flatMap((route) =>
      listOf(route.route).map((path) => ({
        methods: listOf(route.method).map((method) => method.toUpperCase()),
        pattern: patternOf(path),
        answer: (request: BullBoardRequest) => route.handler(request),
      })),
    )
    return this
  }

  setUIConfig(config: UIConfig): this {
    this.uiConfig = config
    return this
  }
}

const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value])

import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { editorPages } from './editor.tsx'
import { photoPages } from './photos.tsx'
import { previewPages } from './preview.tsx'
import { revisionPages } from './revisions.tsx'

/** The summary of a seminar: editor, photos, preview with publishing, revisions. */
export const summaryPages = new Hono<AppEnv>()
  .route('/', editorPages)
  .route('/', photoPages)
  .route('/', previewPages)
  .route('/', revisionPages)

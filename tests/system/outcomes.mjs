// What becomes of the clips of ../shared: stated once, for the tests of the worker and for those of the whole product.

// Of ../shared/media all but these are published. README.md there: VVC, animated WebP, Dolby Vision without a base layer,
// sound alone, and the smallest-possible ones without a real picture; two are longer than the limit of 180 s.
export const refusedMedia = {
  'derived__karma_vertical_2s_animated.webp': 'format-unsupported',
  'media__long_1080p_lowbitrate.mp4': 'too-long',
  'media__long_4k_av1.mp4': 'too-long',
  'media__sample_audio_only.mp4': 'no-video',
  'media__sample_vvc.mp4': 'codec-unsupported',
  'media__video_dovi_3840x2160_30fps_dav1_10.mp4': 'codec-unsupported',
  'rails__video_without_video_stream.mp4': 'no-video',
  'small__AudioVideoInterleave.avi': 'too-small',
  'small__FlashVideo.flv': 'unreadable',
  'small__Mpeg4.mp4': 'no-video',
  'small__WindowsMediaVideo.wmv': 'no-picture',
  'small__gif-transparent.gif': 'too-small',
  'small__gif.gif': 'too-small',
  'small__mp4-with-audio.mp4': 'no-video',
  'small__webm.webm': 'too-small',
  'small__webp.webp': 'format-unsupported',
};

// Of ../shared/hostile: the reason, or 'ok' where the file is harmless once it is re-made.
export const hostileOutcome = {
  'image/bomb_20000x20000.png': 'too-large', 'image/gif_65535.gif': 'too-large', 'image/gif_js.gif': 'too-large',
  'image/mvg_imagemagick.jpg': 'image-unsupported', 'image/xxe.svg': 'image-unsupported',
  'made/audio_only.m4a': 'no-video', 'made/box64_overflow.mp4': 'no-picture', 'made/dup_bomb_2frames.mp4': 'ok',
  'made/elst_repeat.mp4': 'too-long', 'made/empty.mp4': 'empty', 'made/ftyp_only.mp4': 'incomplete', 'made/hdr_pq.mp4': 'ok',
  'made/lossless_gbrp.mkv': 'ok', 'made/matrix_45deg.mp4': 'ok', 'made/matrix_zero.mp4': 'ok', 'made/mdat_zero.mp4': 'no-picture',
  'made/meta_xss.mp4': 'ok', 'made/polyglot_zip.mp4': 'ok', 'made/px_2x2.mp4': 'too-small', 'made/px_odd_101x179_444.mp4': 'ok',
  'made/start_26h.ts': 'ok', 'made/switch_64_to_4096.h264': 'format-unsupported', 'made/table_ctts_4g.mp4': 'unreadable',
  'made/table_elst_4g.mp4': 'ok', 'made/table_stts_4g.mp4': 'memory-limit', 'made/timescale_zero.mp4': 'ok',
  'made/tkhd_dims_0.mp4': 'ok', 'made/tracks_900.mp4': 'too-many-tracks', 'made/trailing_html.mp4': 'ok',
  'made/truncated_no_moov.mp4': 'incomplete', 'ssrf/concat_subfile.m3u8': 'format-unsupported', 'ssrf/dash.mpd': 'format-unsupported',
  'ssrf/dref_url.mov': 'codec-unsupported', 'ssrf/ffconcat_http.txt': 'format-unsupported', 'ssrf/ffconcat_rel.mp4': 'format-unsupported',
  'ssrf/file_abs.m3u8': 'format-unsupported', 'ssrf/file_other_user_rel.mp4': 'format-unsupported',
  'ssrf/http.m3u8': 'format-unsupported', 'ssrf/http_named.ts': 'format-unsupported', 'ssrf/image2_glob.jpg': 'format-unsupported',
  'ssrf/map_uri.m3u8': 'format-unsupported', 'ssrf/rtp.sdp': 'format-unsupported',
};

#include "clip.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <stdlib.h>
#include <string.h>

#include "boxes.h"

/* Names of libav's demuxers.  Not among them is every one that opens further files or addresses
 * (hls, dash, concat, sdp, image2), and raw streams, which have no time. */
static const char *const containers[] = { "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts", "avi", "flv", "asf", "gif" };
#define CONTAINER_MOV 0
#define CONTAINER_MATROSKA 1

/* Slower than this is a track of still pictures, which phones put beside the film ("top shots"). */
#define LIVELY_FRAME_RATE 8

static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
	(void)format, (void)io, (void)url, (void)flags, (void)options;
	return AVERROR(EPERM);
}

/* libav tells that a file has more tracks than allowed in a log line only (its error is ENOMEM). */
static void notice_too_many(void *who, int level, const char *format, va_list arguments)
{
	(void)level, (void)arguments;
	if (who == NULL || *(const AVClass **)who != avformat_get_class())
		return;
	if (strncmp(format, "Number of streams exceeds max_streams", 37) == 0 && ((AVFormatContext *)who)->opaque != NULL)
		((struct clip *)((AVFormatContext *)who)->opaque)->too_many = true;
}

static int container_number(const AVInputFormat *container)
{
	for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
		if (strcmp(container->name, containers[i]) == 0)
			return (int)i;
	return -1;
}

static int format_open(struct clip *clip, const AVInputFormat *container)
{
	AVDictionary *options = NULL;
	clip->format = avformat_alloc_context();
	if (clip->format == NULL)
		return AVERROR(ENOMEM);
	clip->format->pb = clip->io;
	clip->format->opaque = clip;
	clip->format->io_open = refuse_open;
	clip->format->max_streams = (int)clip->limits->tracks;
	av_dict_set(&options, "format_whitelist", container->name, 0);
	av_dict_set(&options, "protocol_whitelist", "none", 0);
	av_dict_set(&options, "enable_drefs", "0", 0);
	av_dict_set(&options, "use_absolute_path", "0", 0);
	int failed = avformat_open_input(&clip->format, "", container, &options);
	av_dict_free(&options);
	return failed;
}

static enum media_reason container_open(struct clip *clip, struct input *input)
{
	const AVInputFormat *container = NULL;
	clip->io = input_io(input);
	if (clip->io == NULL)
		return REASON_MEMORY_LIMIT;
	int failed = av_probe_input_buffer2(clip->io, &container, "", NULL, 0, 0);
	if (failed < 0 || container == NULL)
		return reason_of(failed, REASON_FORMAT_UNSUPPORTED);
	int number = container_number(container);
	if (number < 0)
		return REASON_FORMAT_UNSUPPORTED;

	av_log_set_callback(notice_too_many);
	failed = format_open(clip, container);
	if (clip->too_many)
		return REASON_TOO_MANY_TRACKS;
	if (failed >= 0)
		return REASON_NONE;
	report_trouble("open", failed);
	if (number == CONTAINER_MOV && !boxes_have(input, "moov"))
		return REASON_INCOMPLETE;
	return reason_of(failed, REASON_UNREADABLE);
}

enum media_reason clip_check_size(const struct worker_limits *limits, int width, int height)
{
	if (width < PICTURE_SIDE_MIN || height < PICTURE_SIDE_MIN)
		return REASON_TOO_SMALL;
	if ((unsigned)width > limits->side || (unsigned)height > limits->side
		|| (uint64_t)width * (uint64_t)height > limits->pixels)
		return REASON_TOO_LARGE;
	return REASON_NONE;
}

/* What the header promises, before anything is decoded.  0 x 0 is "not said": then frames decide. */
static enum media_reason check_declared(const struct clip *clip)
{
	for (unsigned i = 0; i < clip->format->nb_streams; i++) {
		const AVCodecParameters *coded = clip->format->streams[i]->codecpar;
		if (coded->codec_type != AVMEDIA_TYPE_VIDEO || (coded->width <= 0 && coded->height <= 0))
			continue;
		if (clip_check_size(clip->limits, coded->width, coded->height) == REASON_TOO_LARGE)
			return REASON_TOO_LARGE;
	}
	return REASON_NONE;
}

static enum media_reason streams_read(struct clip *clip)
{
	unsigned count = clip->format->nb_streams;
	AVDictionary **options = calloc(count > 0 ? count : 1, sizeof *options);
	if (options == NULL)
		return REASON_MEMORY_LIMIT;
	for (unsigned i = 0; i < count; i++) {
		av_dict_set_int(&options[i], "max_pixels", clip->limits->pixels, 0);
		av_dict_set_int(&options[i], "threads", 1, 0);
	}
	int failed = avformat_find_stream_info(clip->format, options);
	for (unsigned i = 0; i < count; i++)
		av_dict_free(&options[i]);
	free(options);
	if (clip->too_many)
		return REASON_TOO_MANY_TRACKS;
	if (failed < 0)
		report_trouble("streams", failed);
	return failed < 0 ? reason_of(failed, REASON_UNREADABLE) : check_declared(clip);
}

static bool is_lively(const AVStream *stream)
{
	return stream->avg_frame_rate.den > 0 && av_q2d(stream->avg_frame_rate) >= LIVELY_FRAME_RATE;
}

static bool is_better(const AVStream *stream, const AVStream *best)
{
	if (is_lively(stream) != is_lively(best))
		return is_lively(stream);
	const AVCodecParameters *a = stream->codecpar, *b = best->codecpar;
	return (int64_t)a->width * a->height > (int64_t)b->width * b->height;
}

static bool is_empty(const AVStream *stream)
{
	return stream->codecpar->width <= 0 || (stream->nb_frames == 0 && stream->avg_frame_rate.num == 0
		&& avformat_index_get_entries_count(stream) == 0 && stream->start_time == AV_NOPTS_VALUE);
}

static enum media_reason tracks_choose(struct clip *clip)
{
	bool any = false, unknown = false;
	const AVStream *best = NULL;
	for (unsigned i = 0; i < clip->format->nb_streams; i++) {
		const AVStream *stream = clip->format->streams[i];
		if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO || (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
			continue;
		any = true;
		if (avcodec_find_decoder(stream->codecpar->codec_id) == NULL)
			unknown = true;
		else if (!is_empty(stream) && (best == NULL || is_better(stream, best)))
			best = stream;
	}
	if (best == NULL)
		return !any ? REASON_NO_VIDEO : unknown ? REASON_CODEC_UNSUPPORTED : REASON_NO_PICTURE;
	clip->video = best->index;
	clip->sound = av_find_best_stream(clip->format, AVMEDIA_TYPE_AUDIO, -1, clip->video, NULL, 0);
	if (clip->sound >= 0) {
		const AVCodecParameters *coded = clip_sound(clip)->codecpar;
		bool usable = avcodec_find_decoder(coded->codec_id) != NULL && coded->sample_rate > 0
			&& coded->ch_layout.nb_channels > 0 && coded->ch_layout.nb_channels <= CHANNELS_MAX;
		clip->sound = usable ? clip->sound : -1;
	}
	for (int i = 0; i < (int)clip->format->nb_streams; i++)
		if (i != clip->video && i != clip->sound)
			clip->format->streams[i]->discard = AVDISCARD_ALL;
	return REASON_NONE;
}

static int64_t stream_duration_us(const AVStream *stream)
{
	if (stream == NULL || stream->duration == AV_NOPTS_VALUE || stream->duration <= 0)
		return 0;
	return av_rescale_q(stream->duration, stream->time_base, AV_TIME_BASE_Q);
}

static int64_t declared_duration_us(const struct clip *clip)
{
	int64_t video = stream_duration_us(clip_video(clip)), sound = stream_duration_us(clip_sound(clip));
	if (video > 0 || sound > 0)
		return video > sound ? video : sound;
	return clip->format->duration != AV_NOPTS_VALUE && clip->format->duration > 0 ? clip->format->duration : 0;
}

static int64_t clip_limit_us(const struct clip *clip)
{
	return (int64_t)clip->limits->clip_seconds * AV_TIME_BASE;
}

/* How much of so long a clip is wanted. */
static int64_t part_us(const struct clip *clip, int64_t whole_us)
{
	int64_t end_us = whole_us < clip->to_us ? whole_us : clip->to_us;
	return end_us > clip->from_us ? end_us - clip->from_us : 0;
}

/* Fragmented files declare nonsense (one of our samples 40 hours for a second), so a header that is
 * over the limit is believed only when the packets say so too.  Reads up to the limit's worth of what is wanted. */
static enum media_reason duration_scan(struct clip *clip)
{
	int64_t limit_us = clip_limit_us(clip), first = INT64_MAX, last = INT64_MIN;
	AVPacket *packet = av_packet_alloc();
	if (packet == NULL)
		return REASON_MEMORY_LIMIT;
	enum media_reason reason = REASON_NONE;
	while (reason == REASON_NONE && av_read_frame(clip->format, packet) >= 0) {
		bool used = packet->stream_index == clip->video || packet->stream_index == clip->sound;
		int64_t at = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
		if (used && at != AV_NOPTS_VALUE && (packet->flags & AV_PKT_FLAG_DISCARD) == 0) {
			at = av_rescale_q(at, clip->format->streams[packet->stream_index]->time_base, AV_TIME_BASE_Q);
			first = at < first ? at : first;
			last = at > last ? at : last;
			if (part_us(clip, last - first) > limit_us)
				reason = REASON_TOO_LONG;
			else if (last - first > clip->to_us)
				break;
		}
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
	clip->duration_us = last > first ? part_us(clip, last - first) : 0;
	return reason;
}

static enum media_reason clip_open_once(struct clip *clip, struct input *input, const struct worker_limits *limits,
	const struct worker_trim *trim)
{
	*clip = (struct clip){
		.limits = limits, .video = -1, .sound = -1,
		.from_us = (int64_t)trim->start_ms * 1000,
		.to_us = trim->end_ms > 0 ? (int64_t)trim->end_ms * 1000 : INT64_MAX,
	};
	WORKER_TRY(container_open(clip, input));
	WORKER_TRY(check_declared(clip));
	WORKER_TRY(streams_read(clip));
	WORKER_TRY(tracks_choose(clip));
	const AVStream *video = clip_video(clip);
	WORKER_TRY(clip_check_size(limits, video->codecpar->width, video->codecpar->height));
	size_t bytes = 0;
	const uint8_t *matrix = av_stream_get_side_data(video, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
	if (matrix != NULL && bytes >= TURN_MATRIX_BYTES)
		clip->turn = turn_of_matrix(matrix);
	clip->duration_us = part_us(clip, declared_duration_us(clip));
	return REASON_NONE;
}

enum media_reason clip_open(struct clip *clip, struct input *input, const struct worker_limits *limits, const struct worker_trim *trim)
{
	WORKER_TRY(clip_open_once(clip, input, limits, trim));
	if (clip->duration_us <= clip_limit_us(clip))
		return REASON_NONE;
	WORKER_TRY(duration_scan(clip));
	int64_t duration_us = clip->duration_us;
	clip_close(clip);                       /* not every container can be rewound */
	WORKER_TRY(clip_open_once(clip, input, limits, trim));
	clip->duration_us = duration_us;
	return REASON_NONE;
}

bool clip_seek(struct clip *clip, int64_t at_us)
{
	const AVStream *video = clip_video(clip);
	/* the others have no index: libav would guess, and land where nothing can be decoded */
	const char *name = clip->format->iformat->name;
	if (video->start_time == AV_NOPTS_VALUE
		|| (strcmp(name, containers[CONTAINER_MOV]) != 0 && strcmp(name, containers[CONTAINER_MATROSKA]) != 0))
		return false;
	int64_t at = video->start_time + av_rescale_q(at_us, AV_TIME_BASE_Q, video->time_base);
	return av_seek_frame(clip->format, clip->video, at, AVSEEK_FLAG_BACKWARD) >= 0;
}

void clip_close(struct clip *clip)
{
	avformat_close_input(&clip->format);
	input_io_free(&clip->io);
}

AVStream *clip_video(const struct clip *clip)
{
	return clip->format->streams[clip->video];
}

AVStream *clip_sound(const struct clip *clip)
{
	return clip->sound >= 0 ? clip->format->streams[clip->sound] : NULL;
}

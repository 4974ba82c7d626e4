#!/bin/sh
# Makes the sound fixtures beside this script: half a second of two tones (a, b) in each container. Needs ffmpeg and mpcenc.
set -eu
cd "$(dirname "$0")"
make() { # name, encoder options …
    out=$1; shift
    for tone in a:440 b:660; do
        name=${out%.*}-${tone%%:*}.${out##*.}
        ffmpeg -v error -y -bitexact -f lavfi -i "sine=frequency=${tone##*:}:sample_rate=16000:duration=0.5" \
            -ac 1 -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$@" "$name"
    done
}
make mp3.mp3 -c:a libmp3lame -b:a 32k
make mp2.mp2 -c:a mp2 -b:a 32k
make flac.flac -c:a flac
make vorbis.ogg -c:a libvorbis -q:a 0 -page_duration 60000
make opus.opus -c:a libopus -b:a 24k -page_duration 60000
make oggflac.oga -c:a flac
make aac.m4a -c:a aac -b:a 24k
make faststart.m4a -c:a aac -b:a 24k -movflags +faststart
make alac.m4a -c:a alac
make adts.aac -c:a aac -b:a 24k
make wavpack.wv
make tta.tta
make wav.wav -c:a pcm_u8 -ar 8000
make aiff.aiff -c:a pcm_s8 -ar 8000
make caf.caf -c:a alac
make matroska.mka -c:a libopus -b:a 24k
for tone in a:440 b:660; do # mpcenc takes no rate below 32 kHz
    wav=$(mktemp --suffix .wav)
    ffmpeg -v error -y -bitexact -f lavfi -i "sine=frequency=${tone##*:}:sample_rate=44100:duration=0.5" -ac 1 "$wav"
    mpcenc --silent --overwrite --quality 2 "$wav" "musepack-${tone%%:*}.mpc"
    rm "$wav"
done
ffmpeg -v error -y -bitexact -f lavfi -i "color=c=0x336699:size=96x64" -frames:v 1 -q:v 8 cover.jpg
ffmpeg -v error -y -bitexact -f lavfi -i "color=c=0x993366:size=40x40" -frames:v 1 cover.png

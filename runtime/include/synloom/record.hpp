// provisional
#pragma once
#include <string.h>
#include "synloom/kernel.hpp"
namespace synloom {
struct Recorder { const void* source; std::int64_t item_bytes,count; const std::int32_t* ranks; void* block; std::int64_t capacity,cursor,period,offset,start,active,phase; };
struct Phase { static constexpr Index inputs=0, states=1; };
inline Index record(Recorder* r, Index n, Index phase, Index step){ Index full=0; for(Index k=0;k<n;++k){ Recorder& q=r[k]; if(!q.active||q.phase!=phase) continue; Index m=(step-q.start)%q.period; if(m<0)m+=q.period; if(m!=q.offset) continue; if(q.cursor>=q.capacity){++full;continue;}
 char* to=(char*)q.block+q.cursor*q.count*q.item_bytes; const char* from=(const char*)q.source; if(!q.ranks) memcpy(to,from,q.count*q.item_bytes); else for(Index i=0;i<q.count;++i) memcpy(to+i*q.item_bytes, from+q.ranks[i]*q.item_bytes, q.item_bytes); ++q.cursor;} return full; }
}

namespace MMOrleans.Grains.Transport;

/// <summary>Whether a process of this machine can have memory that others read.</summary>
public static class ArenaProbe
{
    /// <summary>Makes an arena and maps it as another process would.</summary>
    /// <returns>Why that cannot be; null when it can.</returns>
    public static string? Refusal()
    {
        try
        {
            var arena = Arena.Create(ArenaLayout.Page);
            return ForeignArena.TryOpen(arena.Address) is null
                ? $"/proc/{arena.Address.Process}/fd cannot be opened"
                : null;
        }
        catch (Exception refused)
            when (refused is IOException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }
}
